using Prozchain.AI.Engine;

namespace Prozchain.Benchmarks.AI;

/// <summary>
/// Graphs of the sizes that models in use have. The weights of each output channel are normal, scaled so that the greatest is
/// 127, as symmetric quantisation by channel makes them of a layer before or after training; kernels that arrange weights
/// by their sizes gain by their many small ones, and would gain more by the heavier tails of trained layers.
/// </summary>
internal sealed class ModelShapes
{
    private readonly IntegerGraphBuilder _graph = new();
    private readonly Random _random = new(1);
    private readonly float[] _normals = new float[1 << 16];

    private ModelShapes()
    {
        for (int i = 0; i < _normals.Length; i++)
            _normals[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble()));
    }

    /// <summary>A perceptron of three layers and 4.2 million weights.</summary>
    public static IntegerGraph Dense4M()
    {
        var shapes = new ModelShapes();
        IntegerValue x = shapes._graph.Input("x", ElementType.I8, [1, 1024], -127, 127, HostType.Int8);
        x = shapes.Dense(shapes.Dense(x, 2048), 1000);
        return shapes.End(shapes.Dense(x, 64));
    }

    /// <summary>MobileNetV2 at 224 x 224 (Sandler et al. 2018, table 2): 0.3 G multiply-adds.</summary>
    public static IntegerGraph MobileNetV2()
    {
        var shapes = new ModelShapes();
        IntegerValue x = shapes.Image();
        x = shapes.Conv(x, 32, kernel: 3, stride: 2, relu: true);
        ReadOnlySpan<(int Expansion, int Channels, int Count, int Stride)> stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];
        foreach ((int expansion, int channels, int count, int first) in stages)
        {
            for (int i = 0; i < count; i++)
            {
                int stride = i == 0 ? first : 1, inner = expansion * x.Shape[0];
                IntegerValue y = expansion == 1 ? x : shapes.Conv(x, inner, relu: true);
                y = shapes.Conv(y, inner, kernel: 3, stride: stride, groups: inner, relu: true);
                y = shapes.Conv(y, channels);
                x = stride == 1 && x.Shape[0] == channels ? shapes.Sum(x, y) : y;
            }
        }
        return shapes.End(shapes.Dense(shapes.Average(shapes.Conv(x, 1280, relu: true)), 1000));
    }

    /// <summary>ResNet-50 (He et al. 2015, table 1): at 224 x 224 4.1 G multiply-adds, at 136 x 136 1.5 G.</summary>
    public static IntegerGraph ResNet50(int size = 224)
    {
        var shapes = new ModelShapes();
        IntegerValue x = shapes.Conv(shapes.Image(size), 64, kernel: 7, stride: 2, relu: true);
        x = shapes._graph.MaxPool(x, [3, 3], [2, 2], [1, 1, 1, 1]);
        ReadOnlySpan<(int Inner, int Count, int Stride)> stages = [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)];
        foreach ((int inner, int count, int first) in stages)
        {
            for (int i = 0; i < count; i++)
            {
                int stride = i == 0 ? first : 1;
                IntegerValue y = shapes.Conv(shapes.Conv(shapes.Conv(x, inner, relu: true), inner, kernel: 3, stride: stride, relu: true), 4 * inner);
                x = shapes.Sum(i == 0 ? shapes.Conv(x, 4 * inner, stride: stride) : x, y, relu: true);
            }
        }
        return shapes.End(shapes.Dense(shapes.Average(x), 1000));
    }

    private IntegerValue Image(int size = 224) => _graph.Input("image", ElementType.I8, [3, size, size], -127, 127, HostType.Int8);

    private IntegerGraph End(IntegerValue scores)
    {
        _graph.Output("scores", scores, HostType.Int8);
        _graph.Output("class", _graph.ArgMax(scores, scores.Shape.Length - 1), HostType.Int64);
        return _graph.Build();
    }

    private IntegerValue Dense(IntegerValue x, int outputs) => Scaled(_graph.MatMul(x, Weights(outputs, isLast: true, x.Shape[^1], outputs)), x.Shape[^1], relu: false);

    private IntegerValue Conv(IntegerValue x, int outputs, int kernel = 1, int stride = 1, int groups = 1, bool relu = false)
    {
        int pad = kernel / 2, inner = x.Shape[0] / groups;
        IntegerValue sums = _graph.Conv(x, Weights(outputs, isLast: false, outputs, inner, kernel, kernel), null, [stride, stride], [pad, pad, pad, pad], default, groups);
        return Scaled(sums, inner * kernel * kernel, relu);
    }

    // A sum of K products of activations of about 73 and weights of about 40 has about 73 · 40 √K.
    private IntegerValue Scaled(IntegerValue sums, int inner, bool relu) => _graph.Requantise(sums, (int)(Math.ScaleB(1, 36) / (40 * Math.Sqrt(inner))), 36, low: relu ? 0 : -127);

    private IntegerValue Sum(IntegerValue a, IntegerValue b, bool relu = false) => _graph.AddScaled(a, 3 << 14, b, 3 << 14, 16, low: relu ? 0 : -127);

    private IntegerValue Average(IntegerValue x)
    {
        int height = x.Shape[1], width = x.Shape[2], channels = x.Shape[0];
        IntegerValue sums = _graph.SumPool(x, [height, width]);
        return _graph.Reshape(_graph.Requantise(sums, (1 << 20) / (height * width), 20), [1, channels]);
    }

    private IntegerValue Weights(int channels, bool isLast, params ReadOnlySpan<int> shape)
    {
        int count = 1;
        foreach (int length in shape) count *= length;
        int inner = count / channels;
        var weights = new sbyte[count];
        var drawn = new float[inner];
        for (int channel = 0; channel < channels; channel++)
        {
            float most = 0;
            for (int i = 0; i < inner; i++)
            {
                drawn[i] = _normals[_random.Next(_normals.Length)];
                most = Math.Max(most, Math.Abs(drawn[i]));
            }
            for (int i = 0; i < inner; i++) weights[isLast ? i * channels + channel : channel * inner + i] = (sbyte)MathF.Round(drawn[i] * 127 / most);
        }
        return _graph.Constant(weights, shape);
    }
}
