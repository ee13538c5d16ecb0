// Every function exported here is registered as a workflow type, also by a module that re-exports this one.
export { loomRun } from "./loom-run.ts";
