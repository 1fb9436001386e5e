namespace Prozchain.Rollups.Tests.Evm;

/// <summary>One node for all tests of the collection, started by the first that asks for it.</summary>
public sealed class AnvilFixture : IDisposable
{
    private AnvilNode? _node;

    /// <summary>The node; skips the calling test where there can be none.</summary>
    public AnvilNode Node => _node ??= AnvilNode.Start();

    public void Dispose() => _node?.Dispose();
}

/// <summary>Tests of this collection share one chain, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class AnvilCollection : ICollectionFixture<AnvilFixture>
{
    public const string Name = "anvil";
}
