namespace Prozchain.AI.Formats;

/// <summary>What came of opening a GGUF file.</summary>
/// <param name="Status">Ok, or what is wrong with the file.</param>
/// <param name="ErrorOffset">Where the field begins that is at fault, when there is one.</param>
/// <param name="Reader">The reader when the status is Ok, else null.</param>
public readonly record struct GgufOpening(GgufStatus Status, long ErrorOffset, GgufReader? Reader);
