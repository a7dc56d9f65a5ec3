package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/cert"
	"k8s.io/kubelet/pkg/cri/streaming/portforward"
)

// kubelet answers what the API server asks of a node: a container's log and a way to a pod's port.
// It answers for all nodes alike.
type kubelet struct {
	client   kubernetes.Interface
	port     int32
	backends sync.Map // int32, a pod's port, to string, the address that answers in its stead
}

func startKubelet(client kubernetes.Interface, port int32) (*kubelet, error) {
	certificate, key, err := cert.GenerateSelfSignedCertKey("127.0.0.1", nil, nil)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, err
	}
	listener, err := tls.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port), &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		return nil, err
	}
	k := &kubelet{client: client, port: port}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", k.serveLog)
	mux.HandleFunc("/portForward/{namespace}/{pod}", k.servePort)
	go func() { fmt.Println(http.Serve(listener, mux)) }()
	return k, nil
}

// serveLog writes the two lines that any container here has logged.
func (k *kubelet) serveLog(w http.ResponseWriter, request *http.Request) {
	namespace, pod := request.PathValue("namespace"), request.PathValue("pod")
	found, err := k.client.CoreV1().Pods(namespace).Get(request.Context(), pod, meta.GetOptions{})
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	fmt.Fprintf(w, "level=info msg=\"starting\" container=%s\n", request.PathValue("container"))
	for _, status := range found.Status.ContainerStatuses {
		if !status.Ready && status.Name == request.PathValue("container") {
			fmt.Fprintf(w, "level=error msg=\"cannot go on\" pod=%s\n", pod)
		}
	}
}

func (k *kubelet) servePort(w http.ResponseWriter, request *http.Request) {
	options, err := portforward.NewV4Options(request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	portforward.ServePortForward(w, request, k, request.PathValue("pod"), "", options,
		time.Hour, time.Minute, portforward.SupportedProtocols)
}

// PortForward copies between a client and what answers for a pod's port until either is done.
func (k *kubelet) PortForward(_ context.Context, pod string, _ types.UID, port int32, stream io.ReadWriteCloser) error {
	defer stream.Close()
	backend, known := k.backends.Load(port)
	if !known {
		return fmt.Errorf("nothing listens on port %d of pod %s", port, pod)
	}
	connection, err := net.Dial("tcp", backend.(string))
	if err != nil {
		return err
	}
	defer connection.Close()
	go func() {
		_, _ = io.Copy(connection, stream)
		_ = connection.(*net.TCPConn).CloseWrite()
	}()
	_, err = io.Copy(stream, connection)
	return err
}
