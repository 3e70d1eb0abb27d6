#!/usr/bin/env node
import { BRIDGE } from "#bridge/program";
import { runCli } from "#core/cli";

void runCli(BRIDGE);
