/** An owner without the sign that parts the fields of what it has leased. */
export function packOwner(owner: string): string {
  return owner.replace(/[%|]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}
