using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>The operators that are lowered, by name.</summary>
internal static class LoweringOperators
{
    private static readonly Dictionary<string, Action<LoweringRun>> s_rules = Make();

    public static IEnumerable<string> Names => s_rules.Keys;

    public static bool Has(OnnxNode node) => node.Domain.Length == 0 && s_rules.ContainsKey(node.Operator);

    public static void Run(LoweringRun run)
    {
        if (!Has(run.Node)) throw new OnnxRefusal($"operator {run.Node.FullOperator} is not lowered");
        s_rules[run.Node.Operator](run);
    }

    private static Dictionary<string, Action<LoweringRun>> Make()
    {
        var rules = new Dictionary<string, Action<LoweringRun>>(StringComparer.Ordinal);
        BorderLowering.Register(rules);
        ProductLowering.Register(rules);
        ElementLowering.Register(rules);
        LayoutLowering.Register(rules);
        WindowLowering.Register(rules);
        RowLowering.Register(rules);
        return rules;
    }
}
