namespace Prozchain.AI.Inference;

/// <summary>What a model file is to the engine, or why it is nothing.</summary>
public enum GraphFileStatus
{
    /// <summary>A graph with all its constants.</summary>
    Ok,

    /// <summary>It has no tensor named graph, or that is not of U8 with one dimension.</summary>
    NoGraph,

    /// <summary>It is larger than the caller allows.</summary>
    TooLarge,

    /// <summary>The bytes of the graph are none: see <see cref="GraphFileReading.Graph"/>.</summary>
    MalformedGraph,

    /// <summary>A constant's tensor is not there, or of another type, shape or content than the graph says.</summary>
    WrongConstant,

    /// <summary>The reader gave fewer bytes than its tensors have.</summary>
    CutShort,
}
