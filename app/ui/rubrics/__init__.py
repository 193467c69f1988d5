"""The rubric editor: drafts of rubrics, seen as the raters will see them."""
