namespace Prozchain.AI.Engine;

/// <summary>Sizes and ranges of element types.</summary>
internal static class ElementTypes
{
    public const int Count = 3;

    /// <summary>Bytes of an element: 1, 2 or 4.</summary>
    public static int Size(this ElementType type) => 1 << (int)type;

    public static Interval Range(this ElementType type) => type switch
    {
        ElementType.I8 => new(sbyte.MinValue, sbyte.MaxValue),
        ElementType.I16 => new(short.MinValue, short.MaxValue),
        _ => new(int.MinValue, int.MaxValue),
    };
}
