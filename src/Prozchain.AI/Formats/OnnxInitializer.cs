using System.Collections.Immutable;

namespace Prozchain.AI.Formats;

/// <summary>One constant tensor of a model: what it is and where its message and its elements lie.</summary>
/// <param name="Name">Unique among the initialisers.</param>
/// <param name="Type">Type of the elements.</param>
/// <param name="Shape">Dimensions, outermost first; empty for a scalar.</param>
/// <param name="Length">Bytes that shape and type give.</param>
/// <param name="MessageOffset">First byte of its message in the model file.</param>
/// <param name="MessageLength">Bytes of its message.</param>
/// <param name="DataOffset">First byte of its elements in the model file where they lie there as they are; else -1.</param>
/// <param name="External">Where the elements lie, when in another file.</param>
public sealed record OnnxInitializer(
    string Name, OnnxType Type, ImmutableArray<long> Shape, long Length, long MessageOffset, long MessageLength, long DataOffset, OnnxExternal? External);
