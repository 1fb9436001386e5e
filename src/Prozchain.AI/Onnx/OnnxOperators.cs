namespace Prozchain.AI.Onnx;

/// <summary>The operators that are offered, by name. What is not here is refused by its name.</summary>
internal sealed class OnnxOperators
{
    // What an element costs that is read or made, in products of two numbers.
    private const double ElementSteps = 8;

    private readonly Dictionary<string, Func<OnnxCall, OnnxTensor?[]>> _functions = new(StringComparer.Ordinal);

    private OnnxOperators()
    {
        OnnxUnary.Register(this);
        OnnxBinary.Register(this);
        OnnxReduction.Register(this);
        OnnxMovement.Register(this);
        OnnxShaping.Register(this);
        OnnxGathering.Register(this);
        OnnxResize.Register(this);
        OnnxLinear.Register(this);
        OnnxConvolution.Register(this);
        OnnxPooling.Register(this);
        OnnxNormalization.Register(this);
        OnnxQuantization.Register(this);
        OnnxAttention.Register(this);
    }

    /// <summary>All of them; immutable once made.</summary>
    public static OnnxOperators All { get; } = new();

    public IEnumerable<string> Names => _functions.Keys;

    public void Add(string name, Func<OnnxCall, OnnxTensor> function) => _functions.Add(name, call => [function(call)]);

    public void AddMany(string name, Func<OnnxCall, OnnxTensor?[]> function) => _functions.Add(name, function);

    /// <summary>What a node makes of its inputs, or why not.</summary>
    public OnnxTensor?[]? TryRun(OnnxCall call, out string? reason)
    {
        reason = null;
        if (call.Node.Domain.Length > 0 || !_functions.TryGetValue(call.Node.Operator, out Func<OnnxCall, OnnxTensor?[]>? function))
        {
            reason = $"operator {call.Node.FullOperator} is not offered";
            return null;
        }
        try
        {
            call.Spend(ElementSteps * Enumerable.Range(0, call.InputCount).Sum(i => (double)(call.Optional(i)?.Count ?? 0)));
            OnnxTensor?[] made = function(call);
            call.Spend(ElementSteps * made.Sum(tensor => (double)(tensor?.Count ?? 0)));
            for (int i = 0; i < call.Node.Outputs.Length; i++)
                if (call.Wants(i) && (i >= made.Length || made[i] is null)) throw new OnnxRefusal($"output {i} is not offered");
            return made;
        }
        catch (OnnxRefusal refusal)
        {
            reason = refusal.Message;
        }
        // Shapes come from the model: where an operator indexes by them without a check of its own, they did not fit.
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException or OverflowException or DivideByZeroException or InvalidOperationException)
        {
            reason = $"the inputs do not fit: {string.Join(", ", Enumerable.Range(0, call.InputCount).Select(i => call.Optional(i)?.ToString() ?? "none"))}";
        }
        return null;
    }
}
