using Prozchain.AI.Formats;
using Prozchain.AI.Lowering;
using Prozchain.AI.Onnx;
using Prozchain.AI.Tests.Onnx;

namespace Prozchain.AI.Tests.Lowering;

/// <summary>Each vector of floats, lowered by calibration on its own input: near to the source, or refused with the node's name.</summary>
public class FloatVectorLoweringTests
{
    /// <summary>
    /// Vectors that eight bits do not reach: infinities and NaN, and numbers made so that a rounding or the scale of the greatest
    /// decides; and attention of queries from which a mask hides every key, which here weigh all keys alike.
    /// </summary>
    private static readonly string[] s_far =
    [
        "test_attention_23_boolmask_fullymasked_row_nan_robustness", "test_attention_23_fullymasked_qk_matmul_output_mode3_zero", "test_attention_24_fullymasked_qk_matmul_output_mode3_zero",
        "test_attention_24_qk_matmul_output_mode3_softmax_precision", "test_attention_4d_softcap_neginf_mask_poison", "test_attention_4d_softcap_neginf_mask_poison_expanded", "test_attention_causal_boolmask_nan_robustness",
        "test_cast_DOUBLE_to_FLOAT", "test_cast_DOUBLE_to_FLOAT16", "test_cast_FLOAT_to_BFLOAT16", "test_cast_FLOAT_to_DOUBLE", "test_cast_FLOAT_to_FLOAT16",
        "test_logsoftmax_large_number", "test_logsoftmax_large_number_expanded", "test_logsoftmax_large_number_expanded_ver18", "test_round", "test_softmax_large_number", "test_softmax_large_number_expanded", "test_softmax_large_number_expanded_ver18",
    ];

    /// <summary>Operators that the lowering refuses by name, of all the vectors.</summary>
    private static readonly Dictionary<string, string[]> s_refused = new()
    {
        ["node-tests"] =
        [
            "BitShift", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor", "CausalConvWithState", "ConstantOfShape", "CumSum", "Einsum", "GRU", "Hardmax", "LSTM",
            "LinearAttention", "NonZero", "OneHot", "RNN", "Range", "ScatterND", "TopK", "ai.onnx.preview.FlexAttention",
        ],
        ["pytorch-converted"] = [],
    };

    [Theory]
    [InlineData("node-tests", 453)]
    [InlineData("pytorch-converted", 54)]
    public void Lower_EveryFloatVector_IsNearOrRefusedByName(string archive, int count)
    {
        List<string> wrong = [];
        SortedSet<string> refused = new(StringComparer.Ordinal);
        int near = 0;
        foreach (OnnxCase item in OnnxCase.All(archive))
        {
            OnnxModel model = OnnxCase.Open(item.Model);
            if (model.Inputs.Count == 0 || model.Inputs.Concat(model.Outputs).Any(value => !value.Type.IsOffered())) continue;
            Dictionary<string, OnnxTensor> given = item.Given(model);
            OnnxTensor first = given.GetValueOrDefault(model.Inputs[0].Name)!;
            if (first is null || first.Count == 0) continue;
            var options = new LoweringOptions { Calibration = [new Dictionary<string, OnnxTensor> { [model.Inputs[0].Name] = first }], Constants = given.Where(p => p.Key != model.Inputs[0].Name).ToDictionary() };
            LoweringResult result = OnnxLowering.Lower(model, options);
            // What has a batch is lowered for one member of it.
            if (result.Error?.Contains("Batched makes", StringComparison.Ordinal) == true) result = OnnxLowering.Lower(model, options with { Batched = true });
            if (result.Graph is null)
            {
                bool named = model.Nodes.Any(node => result.Error!.Contains(node.ToString(), StringComparison.Ordinal)) || result.Error!.StartsWith("output '", StringComparison.Ordinal);
                if (!named) wrong.Add($"{item.Name}: {result.Error}");
                const string mark = "operator ";
                if (result.Error!.IndexOf(mark, StringComparison.Ordinal) is >= 0 and var at) refused.Add(result.Error[(at + mark.Length)..].Split(' ')[0]);
            }
            else if (result.Accuracy.FirstOrDefault(a => a.Cosine < 0.99) is { } far)
            {
                if (!s_far.Contains(item.Name)) wrong.Add($"{item.Name}: {far}");
            }
            else near++;
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(count, near);
        Assert.Equal(s_refused[archive], refused);
    }
}
