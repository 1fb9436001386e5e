namespace Prozchain.AI.Formats;

/// <summary>Why bytes are, or are not, a well-formed ONNX model or tensor.</summary>
public enum OnnxStatus : byte
{
    /// <summary>Well formed.</summary>
    Ok,
    /// <summary>The bytes end inside a field.</summary>
    Truncated,
    /// <summary>A variable-length number runs beyond ten bytes or 64 bits.</summary>
    InvalidNumber,
    /// <summary>A field has the number 0 or one above 2^29 - 1, or is of a kind that does not exist or is a group.</summary>
    InvalidTag,
    /// <summary>A length runs beyond the message that holds the field.</summary>
    InvalidLength,
    /// <summary>A known field is encoded as another kind than the schema says.</summary>
    UnexpectedValue,
    /// <summary>A text is not UTF-8.</summary>
    InvalidText,
    /// <summary>The model has no graph.</summary>
    MissingGraph,
    /// <summary>A field that may occur once occurs twice.</summary>
    DuplicateField,
    /// <summary>An initialiser, an input or a node's output has a name that another one has.</summary>
    DuplicateName,
    /// <summary>An initialiser, an input or an operator has no name.</summary>
    MissingName,
    /// <summary>The element type is not one of the format's.</summary>
    UnknownType,
    /// <summary>A dimension is negative.</summary>
    InvalidDimension,
    /// <summary>The size that shape and type give does not fit 63 bits.</summary>
    ShapeOverflow,
    /// <summary>Shape and type give another size than the bytes or values that are there.</summary>
    SizeMismatch,
    /// <summary>A tensor has its elements in two places, or in a field of another type.</summary>
    ConflictingData,
    /// <summary>The elements lie in another file whose name leaves the model's folder, or whose offset or length is no number.</summary>
    InvalidExternalData,
    /// <summary>The elements lie in another file, and that file was not given.</summary>
    MissingExternalData,
    /// <summary>Two tensors of a file of external data overlap.</summary>
    OverlappingData,
    /// <summary>Something that this reader does not offer: a segmented or sparse tensor, text or complex elements.</summary>
    NotOffered,
    /// <summary>A node reads a value that nothing before it makes.</summary>
    UnknownValue,
    /// <summary>
    /// Above a limit of this reader: 262,144 initialisers or nodes, 65,536 names of one node, rank 64, a name of 4,096 bytes,
    /// a node of 64 MiB, a tensor in memory of 2^28 elements.
    /// </summary>
    LimitExceeded,
}
