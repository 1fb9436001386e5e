using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Tests.Onnx;

public class OnnxNodeVectorTests
{
    /// <summary>Operators that the evaluator refuses, each with the number of cases that ask for it.</summary>
    private static readonly Dictionary<string, int> s_refusedOperators = new()
    {
        ["CausalConvWithState"] = 9,
        ["GRU"] = 3,
        ["LSTM"] = 3,
        ["LinearAttention"] = 10,
        ["RNN"] = 2,
        ["ai.onnx.preview.FlexAttention"] = 8,
    };

    /// <summary>Element types that no tensor is held in, each with the number of cases that ask for it.</summary>
    private static readonly Dictionary<OnnxType, int> s_refusedTypes = new()
    {
        [OnnxType.Float8E4M3FN] = 4,
        [OnnxType.Float8E4M3FNUZ] = 5,
        [OnnxType.Float8E5M2] = 5,
        [OnnxType.Float8E5M2FNUZ] = 5,
        [OnnxType.Float4E2M1] = 4,
        [OnnxType.Float8E8M0] = 2,
    };

    [Fact]
    public void Run_EveryNodeVector_PassesOrIsRefusedByName()
    {
        List<string> wrong = [];
        Dictionary<string, int> operators = [];
        Dictionary<OnnxType, int> types = [];
        List<OnnxCase> cases = OnnxCase.All("node-tests");
        foreach (OnnxCase item in cases)
        {
            if (RefusedType(item) is { } type) types[type] = types.GetValueOrDefault(type) + 1;
            else if (Check(item) is { } fault)
            {
                string? name = s_refusedOperators.Keys.FirstOrDefault(op => fault.Contains($"operator {op} is not offered", StringComparison.Ordinal));
                if (name is null) wrong.Add($"{item.Name}: {fault}");
                else operators[name] = operators.GetValueOrDefault(name) + 1;
            }
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {cases.Count} differ:\n{string.Join('\n', wrong)}");
        Assert.Equal(734, cases.Count);
        Assert.Equal(s_refusedOperators.OrderBy(p => p.Key), operators.OrderBy(p => p.Key));
        Assert.Equal(s_refusedTypes.OrderBy(p => p.Key), types.OrderBy(p => p.Key));
    }

    [Fact]
    public void Run_EveryPyTorchVector_Passes()
    {
        List<OnnxCase> cases = OnnxCase.All("pytorch-converted");
        string[] wrong = [.. cases.Select(c => (c.Name, Fault: Check(c))).Where(c => c.Fault is not null).Select(c => $"{c.Name}: {c.Fault}")];
        Assert.True(wrong.Length == 0, $"{wrong.Length} of {cases.Count} differ:\n{string.Join('\n', wrong)}");
        Assert.Equal(54, cases.Count);
    }

    private static string? Check(OnnxCase item)
    {
        OnnxModel model = OnnxCase.Open(item.Model);
        OnnxRun run = OnnxEvaluator.Run(model, item.Given(model));
        if (run.Outputs is null) return run.Error;
        for (int i = 0; i < item.Outputs.Length; i++)
            if (OnnxCompare.Difference(OnnxCase.Tensor(item.Outputs[i]), run.Outputs[model.Outputs[i].Name]) is { } difference) return $"output {i}: {difference}";
        return null;
    }

    // Refused means: reading the file of the tensor, or running the node, names the type.
    private static OnnxType? RefusedType(OnnxCase item)
    {
        OnnxModel model = OnnxCase.Open(item.Model);
        OnnxType type = model.Inputs.Concat(model.Outputs).Select(v => v.Type).FirstOrDefault(t => !t.IsOffered());
        if (type == OnnxType.Undefined) return null;
        bool reading = item.Inputs.Any(bytes => bytes is not null && OnnxTensorProto.TryRead(bytes, out _, out _) == OnnxStatus.NotOffered);
        if (!reading) Assert.Contains($"type {type} is not offered", OnnxEvaluator.Run(model, item.Given(model)).Error, StringComparison.Ordinal);
        return type;
    }
}
