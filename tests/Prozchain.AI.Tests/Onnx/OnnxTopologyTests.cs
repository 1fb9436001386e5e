using Prozchain.AI.Onnx;

namespace Prozchain.AI.Tests.Onnx;

public class OnnxTopologyTests
{
    /// <summary>Whole networks with constant weights and no input file: input i of n is i / n.</summary>
    [Theory]
    [InlineData("bvlc_alexnet")]
    [InlineData("inception_v1")]
    [InlineData("resnet50")]
    [InlineData("shufflenet")]
    [InlineData("squeezenet")]
    [InlineData("vgg19")]
    public void Run_Topology_GivesTheExpectedOutput(string name)
    {
        Dictionary<string, byte[]> files = OnnxCase.Files("light-models");
        OnnxModel model = OnnxCase.Open(files[$"light_{name}.onnx"]);
        OnnxValue input = Assert.Single(model.Inputs);
        int[] shape = [.. input.Dims!.Select(dim => (int)dim!)];
        int count = shape.Aggregate(1, (a, b) => a * b);
        var values = new float[count];
        for (int i = 0; i < count; i++) values[i] = i / (float)count;
        OnnxRun run = OnnxEvaluator.Run(model, new Dictionary<string, OnnxTensor> { [input.Name] = OnnxTensor.Of(values, shape) });
        Assert.Null(run.Error);
        Assert.Null(OnnxCompare.Difference(OnnxCase.Tensor(files[$"light_{name}_output_0.pb"]), run.Outputs![model.Outputs[0].Name]));
    }
}
