import { describeHalf } from "./half.ts";

describeHalf("even");
