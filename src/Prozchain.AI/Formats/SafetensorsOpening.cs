namespace Prozchain.AI.Formats;

/// <summary>What came of opening a safetensors file.</summary>
/// <param name="Status">Ok, or what is wrong with the file.</param>
/// <param name="ErrorOffset">Where the fault is, or near it, when there is one: in the header, or the first byte that tensors miss, share or leave over.</param>
/// <param name="Reader">The reader when the status is Ok, else null.</param>
public readonly record struct SafetensorsOpening(SafetensorsStatus Status, long ErrorOffset, SafetensorsReader? Reader);
