// A second opinion on openapi.yaml beside redocly's: another parser, which follows every reference.
import { compileErrors, validate } from "@readme/openapi-parser";

const result = await validate("openapi.yaml");
console.log(result.valid ? "openapi.yaml: valid" : compileErrors(result));
process.exitCode = result.valid ? 0 : 1;
