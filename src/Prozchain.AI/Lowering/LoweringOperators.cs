using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>The operators that are lowered, by name.</summary>
internal static class LoweringOperators
{
    private static readonly Dictionary<string, Action<LoweringRun>> s_rules = Make();

    public static IEnumerable<string> Names => s_rules.Keys.Concat(StandardParts.Names).Append("CastLike");

    public static bool Has(OnnxNode node) => node.Domain.Length == 0 && s_rules.ContainsKey(node.Operator);

    /// <summary>Why an operator that is not lowered is not.</summary>
    public static string Refusal(OnnxNode node) => node is { Operator: "DynamicQuantizeLinear", Domain: "" }
        ? "steps that each request chooses are offered only where MatMulInteger or ConvInteger and the product with the scales follow, and then by calibration"
        : node is { Operator: "Shape" or "Size", Domain: "" } ? "what follows from the length of the context, but for the positions of a step's tokens, is not offered"
        : $"operator {node.FullOperator} is not lowered";

    public static void Run(LoweringRun run)
    {
        if (!Has(run.Node)) throw new OnnxRefusal(Refusal(run.Node));
        s_rules[run.Node.Operator](run);
    }

    private static Dictionary<string, Action<LoweringRun>> Make()
    {
        var rules = new Dictionary<string, Action<LoweringRun>>(StringComparer.Ordinal);
        BorderLowering.Register(rules);
        ProductLowering.Register(rules);
        ElementLowering.Register(rules);
        LogicLowering.Register(rules);
        LayoutLowering.Register(rules);
        WindowLowering.Register(rules);
        RowLowering.Register(rules);
        TransposedLowering.Register(rules);
        return rules;
    }
}
