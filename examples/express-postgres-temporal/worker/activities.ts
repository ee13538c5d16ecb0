import type { Pool } from "pg";
import { addService, type Service } from "../platform/services.ts";

/** The activities that the platform had before. */
export interface PlatformActivities {
  addToCatalogue(service: Service): Promise<void>;
}

export function createPlatformActivities(pool: Pool): PlatformActivities {
  return { addToCatalogue: (service) => addService(pool, service) };
}
