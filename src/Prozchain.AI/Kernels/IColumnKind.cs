namespace Prozchain.AI.Kernels;

/// <summary>What the columns of a <see cref="DotTile{TLanes, TColumns}"/> are.</summary>
internal interface IColumnKind
{
    /// <summary>They are packed as signed bytes and become words when they are loaded; else they are words.</summary>
    static abstract bool AreBytes { get; }

    /// <summary>They are the activations and the rows the weights; else the other way round.</summary>
    static abstract bool AreActivations { get; }
}
