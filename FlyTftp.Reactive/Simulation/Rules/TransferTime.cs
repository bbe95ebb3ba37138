namespace FlyTftp.Reactive.Simulation.Rules;

/// <summary>One file that a client has got whole.</summary>
/// <param name="Began">When it asked for it, the attempts before that not counted.</param>
/// <param name="Ended">When it had its last block.</param>
internal readonly record struct TransferTime(int Bytes, DateTimeOffset Began, DateTimeOffset Ended);
