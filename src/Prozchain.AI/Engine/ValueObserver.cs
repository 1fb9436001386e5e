namespace Prozchain.AI.Engine;

/// <summary>Sees a value of a traced run.</summary>
/// <param name="value">Which value of the graph.</param>
/// <param name="request">Of which request of the batch.</param>
/// <param name="elements">Its elements, little-endian and row-major; good for the call.</param>
public delegate void ValueObserver(IntegerValue value, int request, ReadOnlySpan<byte> elements);
