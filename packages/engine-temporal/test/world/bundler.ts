import type { BundleOptions } from "@temporalio/worker";

/** Lets webpack find the sources of this checkout instead of what is built of them. */
export const bundlerOptions: Pick<BundleOptions, "webpackConfigHook"> = {
  webpackConfigHook: (config) => ({
    ...config,
    resolve: { ...config.resolve, conditionNames: ["@loom/source", "..."] },
  }),
};
