namespace Prozchain.AI.Kernels;

/// <summary>What is done with the lanes of a kind, once <see cref="DotKinds.Call"/> has chosen them.</summary>
internal interface ILaneCall<TResult>
{
    TResult On<TLanes>() where TLanes : unmanaged, IDotLanes<TLanes>;
}
