import { describeHalf } from "./half.ts";

describeHalf("odd");
