mod serve_mcp;
