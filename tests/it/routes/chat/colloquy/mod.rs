mod ask;
mod serve_mcp;
