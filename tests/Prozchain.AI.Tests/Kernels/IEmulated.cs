namespace Prozchain.AI.Tests.Kernels;

/// <summary>What lanes of four-byte words are like that this machine may not have.</summary>
internal interface IEmulated
{
    static abstract int Count { get; }

    static abstract int Offset { get; }

    static abstract int TileRows { get; }
}
