import { join } from "node:path";
import { type BundleOptions, bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";

/** Lets webpack find the sources of this checkout instead of what is built of them. */
export const bundlerOptions: Pick<BundleOptions, "webpackConfigHook"> = {
  webpackConfigHook: (config) => ({
    ...config,
    resolve: { ...config.resolve, conditionNames: ["@loom/source", "..."] },
  }),
};

/** Loom's workflow as it stands in this checkout, with a payload converter when one is named. */
export async function bundleFromSource(
  options: Pick<BundleOptions, "payloadConverterPath"> = {},
): Promise<string> {
  const workflowsPath = join(import.meta.dirname, "../../src/workflows/index.ts");
  const logger = new DefaultLogger("WARN");
  const own = { workflowsPath, logger, ...bundlerOptions };
  const { code } = await bundleWorkflowCode({ ...own, ...options });
  return code;
}
