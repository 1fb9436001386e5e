using Prozchain.AI.Engine;

namespace Prozchain.AI.Lowering;

/// <summary>How a tensor of real numbers stands in integers: real = (element - zero) · scale, elements kept within [low, high].</summary>
internal readonly record struct Quantisation(double Scale, int Zero, int Low, int High, ElementType Type)
{
    /// <summary>Symmetric in 8 bits, or in 16: the greatest absolute value is 127 steps, or 32,767.</summary>
    public static Quantisation Symmetric(double greatest, bool wide = false)
    {
        int steps = wide ? short.MaxValue : sbyte.MaxValue;
        // A tensor that was never seen to be anything but zero still needs a step.
        float scale = greatest > 0 && double.IsFinite(greatest) ? (float)(greatest / steps) : 1;
        return new(scale > 0 ? scale : float.Epsilon, 0, -steps, steps, wide ? ElementType.I16 : ElementType.I8);
    }

    /// <summary>Element of a real number, to the nearest, ties to even, as ONNX has it.</summary>
    public int Of(double real) => (int)Math.Clamp(Math.Round((double)(float)(real / Scale), MidpointRounding.ToEven) + Zero, Low, High);

    public double Real(int element) => (element - Zero) * Scale;
}
