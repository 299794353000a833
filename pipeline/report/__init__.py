"""Pictures, workbook and page for people."""
