namespace Prozchain.AI.Engine;

/// <summary>How reading a graph from its encoding ended.</summary>
/// <param name="Status">Whether it was read, or what was wrong.</param>
/// <param name="Offset">The byte at which it was found wrong, or the length.</param>
/// <param name="Reason">What was expected and got; null if it was read.</param>
public readonly record struct GraphReading(GraphStatus Status, int Offset, string? Reason);
