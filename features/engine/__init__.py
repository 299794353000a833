"""How features are computed: declaration, expression, compiled primitives, plan."""
