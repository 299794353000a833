"""Pictures and workbooks for people."""
