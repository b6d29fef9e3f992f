mod ask;
