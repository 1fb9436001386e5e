namespace Prozchain.Shared;

/// <summary>One field element a lane: ten limbs of 26 and 25 bits by turns (see <see cref="FieldKernel{TVector, TLanes}"/>).</summary>
internal struct FieldVector<TVector> where TVector : unmanaged
{
    public TVector L0, L1, L2, L3, L4, L5, L6, L7, L8, L9;
}
