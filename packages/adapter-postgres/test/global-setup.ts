export { setup } from "../../../test/servers/postgres-for-tests.ts";
