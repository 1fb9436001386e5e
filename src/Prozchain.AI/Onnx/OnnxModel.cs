using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>
/// The graph of an ONNX model in memory, with its constants: nodes in an order in which every value is made before it is read.
/// Whether the operators are offered is for whoever runs or lowers it.
/// </summary>
public sealed class OnnxModel
{
    internal OnnxModel(OnnxModelParts parts, IReadOnlyDictionary<string, OnnxTensor> constants)
    {
        OperatorSets = parts.OperatorSets;
        Nodes = parts.Nodes;
        Constants = constants;
        // Older models list their initialisers among the inputs too.
        Inputs = [.. parts.Inputs.Where(input => !constants.ContainsKey(input.Name))];
        Outputs = parts.Outputs;
    }

    private OnnxModel(OnnxModel model, IReadOnlyList<OnnxNode> nodes, IReadOnlyDictionary<string, OnnxTensor> constants, IReadOnlyList<OnnxValue> inputs)
    {
        (OperatorSets, Inputs, Outputs) = (model.OperatorSets, inputs, model.Outputs);
        (Nodes, Constants) = (nodes, constants);
    }

    /// <summary>What a caller gives: the graph's inputs without its constants.</summary>
    public IReadOnlyList<OnnxValue> Inputs { get; }

    /// <summary>What the graph makes.</summary>
    public IReadOnlyList<OnnxValue> Outputs { get; }

    /// <summary>Version of the standard operators.</summary>
    public long OperatorSet => OperatorSets.GetValueOrDefault("", 1);

    internal IReadOnlyList<OnnxNode> Nodes { get; }

    internal IReadOnlyDictionary<string, OnnxTensor> Constants { get; }

    internal IReadOnlyDictionary<string, long> OperatorSets { get; }

    /// <summary>The same outputs and inputs, and more of these, with other nodes, in order, and more constants.</summary>
    internal OnnxModel With(IReadOnlyList<OnnxNode> nodes, IReadOnlyDictionary<string, OnnxTensor> more, IReadOnlyList<OnnxValue>? inputs = null) =>
        new(this, nodes, more.Count == 0 ? Constants : Constants.Concat(more).ToDictionary(StringComparer.Ordinal), inputs is null ? Inputs : [.. Inputs, .. inputs]);

    /// <summary>Reads a model whose constants all lie in the file.</summary>
    /// <param name="file">Readable and seekable; the file runs from its position to its end.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static async ValueTask<OnnxModelReading> ReadAsync(Stream file, CancellationToken cancellationToken = default)
    {
        OnnxOpening opening = await OnnxReader.OpenAsync(file, cancellationToken).ConfigureAwait(false);
        return opening.Reader is null ? new(opening.Status, opening.ErrorOffset, null)
            : await ReadAsync(opening.Reader, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the graph and the constants of an open model.</summary>
    /// <param name="reader">The model's file.</param>
    /// <param name="external">The files of external data by their locations; null when there are none.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static async ValueTask<OnnxModelReading> ReadAsync(
        OnnxReader reader, IReadOnlyDictionary<string, OnnxDataReader>? external, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var parts = new OnnxModelParts();
        byte[] buffer = new byte[4096];
        foreach (OnnxPart part in reader.Parts)
        {
            int length = 0;
            if (part.Length > 0 && OnnxModelParts.Wants(part))
            {
                if (part.Length > OnnxLimits.MaxPartBytes) return new(OnnxStatus.LimitExceeded, part.Offset, null);
                length = (int)part.Length;
                if (buffer.Length < length) buffer = new byte[length];
                if (await reader.ReadAsync(part.Offset, buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false) < length)
                    return new(OnnxStatus.Truncated, part.Offset, null);
            }
            OnnxStatus status = parts.Accept(part, buffer.AsSpan(0, length), out long at);
            if (status != OnnxStatus.Ok) return new(status, at, null);
        }
        var constants = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal);
        foreach (OnnxInitializer initializer in reader.Initializers)
        {
            (OnnxStatus status, long at, OnnxTensor? tensor) = await LoadAsync(reader, initializer, external, cancellationToken).ConfigureAwait(false);
            if (status != OnnxStatus.Ok) return new(status, at, null);
            constants.Add(initializer.Name, tensor!);
        }
        OnnxStatus linked = parts.Link(constants, out long fault);
        return linked == OnnxStatus.Ok ? new(linked, reader.Length, new OnnxModel(parts, constants)) : new(linked, fault, null);
    }

    private static async ValueTask<(OnnxStatus Status, long ErrorOffset, OnnxTensor? Tensor)> LoadAsync(
        OnnxReader reader, OnnxInitializer initializer, IReadOnlyDictionary<string, OnnxDataReader>? external, CancellationToken cancellationToken)
    {
        if (!initializer.Type.IsOffered()) return (OnnxStatus.NotOffered, initializer.MessageOffset, null);
        if (initializer.MessageLength > Array.MaxLength || initializer.Length > Array.MaxLength) return (OnnxStatus.LimitExceeded, initializer.MessageOffset, null);
        byte[]? elsewhere = null;
        if (initializer.External is { } place)
        {
            if (external is null || !external.TryGetValue(place.Location, out OnnxDataReader? file)) return (OnnxStatus.MissingExternalData, initializer.MessageOffset, null);
            if (place.Offset > file.Length || initializer.Length > file.Length - place.Offset) return (OnnxStatus.Truncated, initializer.MessageOffset, null);
            elsewhere = new byte[initializer.Length];
            if (await file.ReadAsync(place.Offset, elsewhere, cancellationToken).ConfigureAwait(false) < elsewhere.Length)
                return (OnnxStatus.Truncated, initializer.MessageOffset, null);
        }
        var message = new byte[initializer.MessageLength];
        if (await reader.ReadAsync(initializer.MessageOffset, message, cancellationToken).ConfigureAwait(false) < message.Length)
            return (OnnxStatus.Truncated, initializer.MessageOffset, null);
        OnnxStatus status = OnnxTensorProto.TryRead(message, initializer.MessageOffset, elsewhere, out _, out OnnxTensor? tensor, out long at);
        return (status, at, tensor);
    }
}
