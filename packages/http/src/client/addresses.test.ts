import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isForbiddenAddress } from "./addresses.ts";

test.each([
  "169.254.169.254",
  "169.254.0.1",
  "169.254.170.2",
  "168.63.129.16",
  "100.100.100.200",
  "192.0.0.192",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "::ffff:168.63.129.16",
  "0:0:0:0:0:ffff:a9fe:a9fe",
  "::169.254.169.254",
  "64:ff9b::169.254.169.254",
  "64:ff9b::a83f:8110",
  "64:ff9b:1::a9fe:a9fe",
  "2002:a9fe:a9fe::",
  "2002:a9fe:a9fe::1",
  "2002:a83f:8110:1::1",
  "fe80::1",
  "FE80::A9FE",
  "febf::1",
  "fe80::1%eth0",
  "fd00:ec2::254",
  "fd00:0ec2:0:0:0:0:0:0254",
  "fd20:ce::254",
])("forbids %s", (address) => {
  expect(isForbiddenAddress(address)).toBe(true);
});

test.each([
  "127.0.0.1",
  "::1",
  "10.0.0.1",
  "192.168.1.1",
  "169.253.255.255",
  "169.255.0.0",
  "168.63.129.17",
  "100.100.100.201",
  "93.184.216.34",
  "fec0::1",
  "fd00:ec2::253",
  "2001:db8::1",
  "64:ff9b::8.8.8.8",
  "2002:a83f:8111::1",
  "::ffff:127.0.0.1",
])("allows %s", (address) => {
  expect(isForbiddenAddress(address)).toBe(false);
});

test("forbids every link-local address in every form that embeds it", () => {
  fc.assert(
    fc.property(fc.nat(255), fc.nat(255), (c, d) => {
      const hex = ((c << 8) | d).toString(16);
      const spellings = [
        `169.254.${c}.${d}`,
        `::ffff:169.254.${c}.${d}`,
        `::ffff:a9fe:${hex}`,
        `64:ff9b::a9fe:${hex}`,
        `2002:a9fe:${hex}::1`,
      ];
      expect(spellings.filter((address) => !isForbiddenAddress(address))).toEqual([]);
    }),
  );
});
