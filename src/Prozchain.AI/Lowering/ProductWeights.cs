using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>Constant weights of a product as integers less their zero point, with a scale for all of them or for each output channel.</summary>
/// <param name="Numbers">In the source's order; beyond [-127, 127] where the zero point takes them there.</param>
/// <param name="Dims">The source's shape.</param>
/// <param name="Scales">Real value of a step.</param>
internal sealed record ProductWeights(int[] Numbers, int[] Dims, double[] Scales)
{
    /// <summary>Weights that the model quantised, or floats quantised symmetrically for each channel of the axis.</summary>
    public static ProductWeights Of(Lowered weights, int axis)
    {
        if (weights.Steps is { } steps)
        {
            if (steps.Scales.Length > 1 && steps.Axis != axis) throw new OnnxRefusal($"weights have steps along axis {steps.Axis}, expected {axis}");
            return Of(steps.Numbers, steps.Zeros, steps.Scales, axis);
        }
        OnnxTensor tensor = weights.Tensor;
        float[] values = tensor.Floats();
        int channels = tensor.Dims[axis], inner = OnnxShapes.Product(tensor.Dims.AsSpan(axis + 1));
        var greatest = new double[channels];
        var numbers = new int[values.Length];
        for (int i = 0; i < values.Length; i++) greatest[i / inner % channels] = Math.Max(greatest[i / inner % channels], Math.Abs(values[i]));
        Quantisation[] perChannel = Array.ConvertAll(greatest, g => Quantisation.Symmetric(g));
        for (int i = 0; i < values.Length; i++) numbers[i] = perChannel[i / inner % channels].Of(values[i]);
        return new(numbers, tensor.Dims, [.. perChannel.Select(q => q.Scale)]);
    }

    /// <summary>Integers with zero points and scales, each one for all or one for each place of the axis.</summary>
    public static ProductWeights Of(OnnxTensor numbers, long[] zeros, double[] scales, int axis)
    {
        int channels = numbers.Dims[axis], inner = OnnxShapes.Product(numbers.Dims.AsSpan(axis + 1));
        if ((zeros.Length != 1 && zeros.Length != channels) || (scales.Length != 1 && scales.Length != channels)) throw new OnnxRefusal($"scales or zero points do not fit {numbers} at axis {axis}");
        if (Lowered.ElementOf(numbers.Type) != Engine.ElementType.I8) throw new OnnxRefusal($"weights of {numbers.Type} are not offered");
        (long min, long max) = numbers.Type.Range();
        if (Array.Exists(zeros, zero => zero < min || zero > max)) throw new OnnxRefusal($"a zero point is outside {numbers.Type}");
        long[] values = numbers.Longs();
        var less = new int[values.Length];
        for (int i = 0; i < less.Length; i++) less[i] = (int)(values[i] - zeros[zeros.Length == 1 ? 0 : i / inner % channels]);
        return new(less, numbers.Dims, scales);
    }

    /// <summary>The greatest absolute number.</summary>
    public int Greatest
    {
        get
        {
            int greatest = 0;
            foreach (int number in Numbers) greatest = Math.Max(greatest, Math.Abs(number));
            return greatest;
        }
    }

    /// <summary>The same numbers as sums of parts in [-127, 127]: one part, unless a zero point or a -128 takes some beyond.</summary>
    public IEnumerable<sbyte[]> Parts()
    {
        int[] rest = [.. Numbers];
        do
        {
            var part = new sbyte[rest.Length];
            for (int i = 0; i < rest.Length; i++)
            {
                part[i] = (sbyte)Math.Clamp(rest[i], -127, 127);
                rest[i] -= part[i];
            }
            yield return part;
        }
        while (rest.AsSpan().ContainsAnyExcept(0));
    }

    /// <summary>For each channel, the sum of its weights times a number.</summary>
    public long[] ChannelSums(int axis, long times)
    {
        int channels = Dims[axis], inner = OnnxShapes.Product(Dims.AsSpan(axis + 1));
        var sums = new long[channels];
        for (int i = 0; i < Numbers.Length; i++) sums[i / inner % channels] += Numbers[i];
        for (int c = 0; c < channels; c++) sums[c] *= times;
        return sums;
    }
}
