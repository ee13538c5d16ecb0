import { BlockList, isIP } from "node:net";

/** Where machines of a cloud tell secrets to whoever asks: AWS, Google, DigitalOcean (link-local), Azure, Oracle, Alibaba. */
const FORBIDDEN_V4 = [
  { address: "169.254.0.0", prefix: 16 },
  { address: "168.63.129.16", prefix: 32 },
  { address: "192.0.0.192", prefix: 32 },
  { address: "100.100.100.200", prefix: 32 },
] as const;

/** Link-local, and the metadata services of AWS and of Google. */
const FORBIDDEN_V6 = [
  { address: "fe80::", prefix: 10 },
  { address: "fd00:ec2::254", prefix: 128 },
  { address: "fd20:ce::254", prefix: 128 },
] as const;

/** IPv6 networks that hand a packet on to the IPv4 address in the last 32 bits: NAT64, its local form, the old compatible form. */
const EMBEDDING_LAST = ["64:ff9b::", "64:ff9b:1::", "::"];

const forbidden = forbiddenAddresses();

/**
 * Whether no migrator may live at an IP address: link-local and cloud metadata, also inside of IPv6.
 *
 * @param address as a resolver or a socket spells it; a zone (`%eth0`) is ignored
 */
export function isForbiddenAddress(address: string): boolean {
  const bare = address.replace(/%.*$/s, "");
  return forbidden.check(bare, isIP(bare) === 6 ? "ipv6" : "ipv4");
}

/** A block list knows IPv4-mapped IPv6 by itself. */
function forbiddenAddresses(): BlockList {
  const list = new BlockList();
  for (const { address, prefix } of FORBIDDEN_V6) list.addSubnet(address, prefix, "ipv6");
  for (const { address, prefix } of FORBIDDEN_V4) {
    list.addSubnet(address, prefix, "ipv4");
    for (const network of EMBEDDING_LAST)
      list.addSubnet(`${network}${address}`, 96 + prefix, "ipv6");
    list.addSubnet(sixToFour(address), 16 + prefix, "ipv6");
  }
  return list;
}

/** 6to4 embeds the IPv4 address right after its own 16 bits. */
function sixToFour(address: string): string {
  const [a = "", b = "", c = "", d = ""] = address.split(".").map(hexByte);
  return `2002:${a}${b}:${c}${d}::`;
}

function hexByte(octet: string): string {
  return Number(octet).toString(16).padStart(2, "0");
}
