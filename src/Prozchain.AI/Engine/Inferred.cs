namespace Prozchain.AI.Engine;

/// <summary>What an operator makes of its inputs, or why it cannot be.</summary>
internal readonly record struct Inferred(string? Error, ElementType Type, int[] Shape, Interval Range)
{
    public static implicit operator Inferred(string error) => new(error, default, [], default);

    public static Inferred Of(ElementType type, int[] shape, in Interval range) =>
        type.Range().Contains(range)
            ? new(null, type, shape, range)
            : new Inferred($"Expected elements that {type} holds, got {range}.", default, [], default);
}
