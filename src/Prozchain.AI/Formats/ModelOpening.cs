namespace Prozchain.AI.Formats;

/// <summary>What came of opening a model file of a format that was not known before.</summary>
/// <param name="Format">What the file is, or says it is.</param>
/// <param name="Fault">Null, or what is wrong with it: the name of the format's own status.</param>
/// <param name="Subject">The tensor or file at fault, where the format tells.</param>
/// <param name="ErrorOffset">Where in the file the fault is, or near it.</param>
/// <param name="Reader">The reader when there is no fault, else null.</param>
public readonly record struct ModelOpening(ModelFormat Format, string? Fault, string? Subject, long ErrorOffset, IModelReader? Reader);
