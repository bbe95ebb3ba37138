namespace FlyTftp.Reactive.Content;

/// <summary>Does what may block, away from the pipeline's thread.</summary>
internal interface IContentWorker
{
    /// <summary>
    /// Takes a job, which never throws, to be run soon on another thread. Never waits and never refuses: how many may be waiting is bounded
    /// by those who post them (<see cref="DirectoryStore.OpeningsMax"/>; reads by the cache's limit, as each has its chunk).
    /// </summary>
    void Post(Action job);
}
