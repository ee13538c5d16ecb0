import type { BundleOptions } from "@temporalio/worker";

/**
 * Only for Loom's own checkout, where packages are read from their sources and not from what is built of them. A worker that
 * has Loom installed needs none of this.
 */
export const bundlerOptions: Pick<BundleOptions, "webpackConfigHook"> = process.execArgv.includes(
  "--conditions=@loom/source",
)
  ? {
      webpackConfigHook: (config) => ({
        ...config,
        resolve: { ...config.resolve, conditionNames: ["@loom/source", "..."] },
      }),
    }
  : {};
