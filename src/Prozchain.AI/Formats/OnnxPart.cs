namespace Prozchain.AI.Formats;

/// <summary>A field of the model, or of its graph, that is read later: its number and where its bytes lie.</summary>
internal readonly record struct OnnxPart(bool InGraph, int Number, long Offset, long Length);
