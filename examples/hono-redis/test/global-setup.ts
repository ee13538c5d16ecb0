export { setup } from "../../../test/servers/redis-for-tests.ts";
