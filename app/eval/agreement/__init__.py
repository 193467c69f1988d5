"""How far raters agree: coefficients, intervals clustered by call, corrections. numpy and scipy.

Discrete coefficients are functions of tables that add up over calls, so that a bootstrap over
calls is one matrix product. What is undefined is NaN in arrays and None in results, never 0 or 1.
"""
