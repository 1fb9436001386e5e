using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Lowering;
using Prozchain.AI.Onnx;
using Prozchain.AI.Tests.Onnx;

namespace Prozchain.AI.Tests.Lowering;

public class QuantisedVectorTests
{
    private static readonly string[] s_operators = ["QLinearMatMul", "QLinearConv", "MatMulInteger", "ConvInteger", "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear"];

    /// <summary>Cases that the lowering refuses, each with what its error must say.</summary>
    private static readonly Dictionary<string, string> s_refused = new()
    {
        ["test_dequantizelinear_axis"] = "steps for each place of an axis",
        ["test_dequantizelinear_int2"] = "type Int2 is not offered",
        ["test_dequantizelinear_int4"] = "type Int4 is not offered at the border",
        ["test_dequantizelinear_uint2"] = "type UInt2 is not offered",
        ["test_dequantizelinear_uint4"] = "type UInt4 is not offered at the border",
        ["test_dynamicquantizelinear"] = "steps that each request chooses",
        ["test_dynamicquantizelinear_min_adjusted"] = "steps that each request chooses",
        ["test_quantizelinear_axis"] = "no quantisation",
        ["test_quantizelinear_int2"] = "no quantisation",
        ["test_quantizelinear_uint2"] = "no quantisation",
        ["test_quantizelinear_uint4"] = "no quantisation",
    };

    /// <summary>Cases where the source rounds a tie to even and the engine rounds it up.</summary>
    private static readonly string[] s_ties = [];

    [Fact]
    public void Run_EveryQuantisedVector_IsExactOrRefusedByName()
    {
        List<string> wrong = [], ties = [];
        int exact = 0;
        foreach (OnnxCase item in OnnxCase.All("node-tests"))
        {
            OnnxModel model = OnnxCase.Open(item.Model);
            if (model.Nodes is not [var node] || !s_operators.Contains(node.Operator)) continue;
            if (model.Inputs.Concat(model.Outputs).Any(value => !value.Type.IsOffered())) continue;
            Dictionary<string, OnnxTensor> given = item.Given(model);
            HashSet<string> dynamic = [model.Inputs[0].Name];
            Check(item, model, given, dynamic);
            if (node.Operator != "QLinearMatMul") continue;
            dynamic.Add(node.Inputs[3]);
            Check(item, model, given, dynamic);
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(s_ties, ties.Distinct());
        Assert.Equal(12 + 3 + 5, exact);

        void Check(OnnxCase item, OnnxModel model, Dictionary<string, OnnxTensor> given, HashSet<string> dynamic)
        {
            LoweringResult result = OnnxLowering.Lower(model, new LoweringOptions { Constants = given.Where(p => !dynamic.Contains(p.Key)).ToDictionary() });
            if (s_refused.TryGetValue(item.Name, out string? reason))
            {
                if (result.Error?.Contains(reason, StringComparison.Ordinal) != true) wrong.Add($"{item.Name}: expected '{reason}', got '{result.Error}'");
                return;
            }
            if (result.Graph is null) wrong.Add($"{item.Name}: {result.Error}");
            else if (OnnxCompare.Difference(OnnxCase.Tensor(item.Outputs[0]), LoweringTesting.Run(result.Graph, given)[model.Outputs[0].Name], 0, 0) is { } difference)
            {
                if (s_ties.Contains(item.Name)) ties.Add(item.Name);
                else wrong.Add($"{item.Name}: {difference}");
            }
            else exact++;
        }
    }
}
