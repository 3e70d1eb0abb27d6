#!/usr/bin/env node
import { runCli } from "#core/cli";
import { PROJECTOR } from "#projector/program";

void runCli(PROJECTOR);
