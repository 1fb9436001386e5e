using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>An input or output of a graph as the model declares it.</summary>
/// <param name="Name">Unique within the inputs, or within the outputs.</param>
/// <param name="Type">Undefined when the model does not say, or says something that is no tensor.</param>
/// <param name="Dims">Null when the model does not say; a dimension is null when it is a parameter.</param>
public sealed record OnnxValue(string Name, OnnxType Type, IReadOnlyList<long?>? Dims);
