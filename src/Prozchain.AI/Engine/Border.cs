using System.Runtime.InteropServices;

namespace Prozchain.AI.Engine;

/// <summary>
/// An input or output of a graph and what it means to the host: real = (element - <see cref="ZeroPoint"/>) ·
/// <see cref="Scale"/>. The only place of the engine where there are floats; their rounding is ONNX's (QuantizeLinear:
/// ties to even, saturated; DequantizeLinear). An integer host type has the scale 1, so that the element is the host's
/// number plus the zero point. Immutable.
/// </summary>
public sealed class Border
{
    /// <summary>Longest name in UTF-8 bytes.</summary>
    public const int MaxNameBytes = 512;

    internal Border(string name, IntegerValue value, HostType host, float scale, int zeroPoint)
    {
        Name = name;
        Value = value;
        Host = host;
        Scale = scale;
        ZeroPoint = zeroPoint;
    }

    /// <summary>The source model's name for it.</summary>
    public string Name { get; }

    /// <summary>The tensor.</summary>
    public IntegerValue Value { get; }

    /// <summary>What the host holds.</summary>
    public HostType Host { get; }

    /// <summary>Real value of one step: finite and positive.</summary>
    public float Scale { get; }

    /// <summary>The element that stands for zero.</summary>
    public int ZeroPoint { get; }

    /// <summary>
    /// Elements from real numbers: saturate(round to even(x / <see cref="Scale"/>) + <see cref="ZeroPoint"/>) to the
    /// tensor's interval. NaN gives the zero point, saturated.
    /// </summary>
    /// <param name="real">As many numbers as there are elements, of one request or several.</param>
    /// <param name="elements">Receives the elements, little-endian.</param>
    /// <exception cref="ArgumentException">The destination is not of the length that the numbers need.</exception>
    public void Quantise(ReadOnlySpan<float> real, Span<byte> elements)
    {
        CheckLength(real.Length, elements.Length);
        for (int i = 0; i < real.Length; i++)
        {
            float steps = MathF.Round(real[i] / Scale, MidpointRounding.ToEven);
            double element = float.IsNaN(steps) ? ZeroPoint : (double)steps + ZeroPoint;
            WriteElement(elements, i, (int)Math.Clamp(element, Value.Min, Value.Max));
        }
    }

    /// <summary>Elements from the host's integers: number + <see cref="ZeroPoint"/>, saturated to the tensor's interval.</summary>
    /// <inheritdoc cref="Quantise(ReadOnlySpan{float}, Span{byte})"/>
    public void Quantise(ReadOnlySpan<long> numbers, Span<byte> elements)
    {
        CheckLength(numbers.Length, elements.Length);
        for (int i = 0; i < numbers.Length; i++)
            WriteElement(elements, i, (int)Int128.Clamp((Int128)numbers[i] + ZeroPoint, Value.Min, Value.Max));
    }

    /// <summary>Real numbers from elements: (element - <see cref="ZeroPoint"/>) · <see cref="Scale"/>, in binary32.</summary>
    /// <param name="elements">Elements, little-endian.</param>
    /// <param name="real">Receives as many numbers.</param>
    /// <exception cref="ArgumentException">The destination is not of the length that the elements need.</exception>
    public void Dequantise(ReadOnlySpan<byte> elements, Span<float> real)
    {
        CheckLength(real.Length, elements.Length);
        for (int i = 0; i < real.Length; i++) real[i] = ((long)ReadElement(elements, i) - ZeroPoint) * Scale;
    }

    /// <summary>The host's integers from elements: element - <see cref="ZeroPoint"/>.</summary>
    /// <inheritdoc cref="Dequantise(ReadOnlySpan{byte}, Span{float})"/>
    public void Dequantise(ReadOnlySpan<byte> elements, Span<long> numbers)
    {
        CheckLength(numbers.Length, elements.Length);
        for (int i = 0; i < numbers.Length; i++) numbers[i] = (long)ReadElement(elements, i) - ZeroPoint;
    }

    /// <summary>Index of the first element outside the tensor's interval, or -1: what a host asks of bytes it did not quantise itself.</summary>
    /// <param name="elements">Elements, little-endian.</param>
    public int FindOutside(ReadOnlySpan<byte> elements)
    {
        if (Value.Range.Contains(Value.Type.Range())) return -1;
        return Value.Type switch
        {
            ElementType.I8 => Find(MemoryMarshal.Cast<byte, sbyte>(elements), (sbyte)Value.Min, (sbyte)Value.Max),
            ElementType.I16 => Find(MemoryMarshal.Cast<byte, short>(elements), (short)Value.Min, (short)Value.Max),
            _ => Find(MemoryMarshal.Cast<byte, int>(elements), Value.Min, Value.Max),
        };
    }

    private static int Find<T>(ReadOnlySpan<T> elements, T min, T max) where T : IComparable<T> => elements.IndexOfAnyExceptInRange(min, max);

    private void CheckLength(int numbers, int bytes)
    {
        long expected = (long)numbers * Value.Type.Size();
        if (bytes != expected) throw new ArgumentException($"Expected {expected} bytes for {numbers} elements of '{Name}', got {bytes}.");
    }

    private void WriteElement(Span<byte> elements, int index, int value)
    {
        if (Value.Type == ElementType.I8) elements[index] = (byte)value;
        else if (Value.Type == ElementType.I16) MemoryMarshal.Cast<byte, short>(elements)[index] = (short)value;
        else MemoryMarshal.Cast<byte, int>(elements)[index] = value;
    }

    private int ReadElement(ReadOnlySpan<byte> elements, int index) => Value.Type switch
    {
        ElementType.I8 => (sbyte)elements[index],
        ElementType.I16 => MemoryMarshal.Cast<byte, short>(elements)[index],
        _ => MemoryMarshal.Cast<byte, int>(elements)[index],
    };
}
